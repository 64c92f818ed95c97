#!/usr/bin/env bash
# up.sh: a kind cluster named `tickwire` with all that `cargo xtask e2e --k8s` asks of one: an ingress and a Gateway
# (Traefik), network policies (kind's own), and CPU figures for the autoscaler (metrics-server).
#
# Needs docker, kind, kubectl and helm. `kind delete cluster --name tickwire` removes all of it.
set -euo pipefail
cd "$(dirname "$0")"

GATEWAY_API=v1.4.0
TRAEFIK=41.3.0
METRICS_SERVER=3.13.0

kind create cluster --name tickwire --config cluster.yaml --wait 3m

kubectl apply --server-side --filename \
  "https://github.com/kubernetes-sigs/gateway-api/releases/download/$GATEWAY_API/standard-install.yaml"

helm upgrade --install traefik oci://ghcr.io/traefik/helm/traefik --version "$TRAEFIK" \
  --namespace traefik --create-namespace --values entrance.yaml --wait --timeout 5m

helm upgrade --install metrics-server metrics-server --version "$METRICS_SERVER" \
  --repo https://kubernetes-sigs.github.io/metrics-server/ \
  --namespace kube-system --set 'args={--kubelet-insecure-tls}' --wait --timeout 5m
