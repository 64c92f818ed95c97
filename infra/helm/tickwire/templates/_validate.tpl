{{/* What a schema cannot say: settings that contradict each other. All mistakes are told at once, as the server does. */}}
{{- define "tickwire.validate" -}}
{{- $mistakes := concat
  (include "tickwire.validate.drain" . | fromJsonArray)
  (include "tickwire.validate.feed" . | fromJsonArray)
  (include "tickwire.validate.pods" (list $ "backend") | fromJsonArray)
  (include "tickwire.validate.pods" (list $ "frontend") | fromJsonArray)
  (include "tickwire.validate.entrance" . | fromJsonArray) -}}
{{- if $mistakes -}}
{{- printf "\n\nthe values have %d mistake(s):\n  %s\n" (len $mistakes) (join "\n  " $mistakes) | fail -}}
{{- end -}}
{{- end -}}

{{- define "tickwire.validate.drain" -}}
{{- $mistakes := list -}}
{{- with .Values.backend -}}
{{- $drain := dict "pause_ms" 500 "spread_ms" 3000 "deadline_ms" 10000 -}}
{{- $drain = merge (deepCopy (dig "drain" dict .config)) $drain -}}
{{- $needed := add $drain.pause_ms $drain.spread_ms | int -}}
{{- if lt (int $drain.deadline_ms) $needed -}}
{{- $mistakes = append $mistakes (printf "backend.config.drain.deadline_ms: found %d, expected at least pause_ms + spread_ms: %d" (int $drain.deadline_ms) $needed) -}}
{{- end -}}
{{- $stay := int $.Values.frontend.drainSeconds -}}
{{- if le (int (mul 1000 $stay)) (int $drain.spread_ms) -}}
{{- $mistakes = append $mistakes (printf "frontend.drainSeconds: found %d, expected more than backend.config.drain.spread_ms, %d ms: over that time its clients are told to leave" $stay (int $drain.spread_ms)) -}}
{{- end -}}
{{- $ends := include "tickwire.backend.drainSeconds" $ | int -}}
{{- if and .terminationGracePeriodSeconds (le (int .terminationGracePeriodSeconds) $ends) -}}
{{- $mistakes = append $mistakes (printf "backend.terminationGracePeriodSeconds: found %d, expected more than %d: preStopSeconds and config.drain.deadline_ms pass before SIGKILL" (int .terminationGracePeriodSeconds) $ends) -}}
{{- end -}}
{{- end -}}
{{- toJson $mistakes -}}
{{- end -}}

{{- define "tickwire.validate.feed" -}}
{{- $mistakes := list -}}
{{- with .Values.backend -}}
{{- $kind := dig "feed" "kind" "simulated" .config -}}
{{- $file := dig "feed" "file" "" .config -}}
{{- if and (eq $kind "replay") (not $file) -}}
{{- $mistakes = append $mistakes "backend.config.feed.file: is not set, expected a recording: feed.kind is replay" -}}
{{- end -}}
{{- if and (eq $kind "replay") $file (not .extraVolumeMounts) -}}
{{- $mistakes = append $mistakes "backend.extraVolumeMounts: is empty, expected where the recording of config.feed.file is mounted" -}}
{{- end -}}
{{- end -}}
{{- toJson $mistakes -}}
{{- end -}}

{{/* Called with (list $ "backend"). */}}
{{- define "tickwire.validate.pods" -}}
{{- $ := index . 0 -}}
{{- $name := index . 1 -}}
{{- $mistakes := list -}}
{{- with index $.Values $name -}}
{{- if .autoscaling.enabled -}}
{{- $mistakes = concat $mistakes (include "tickwire.validate.autoscaling" (list $name .) | fromJsonArray) -}}
{{- end -}}
{{- if .podDisruptionBudget.enabled -}}
{{- $mistakes = concat $mistakes (include "tickwire.validate.budget" (list $name .) | fromJsonArray) -}}
{{- end -}}
{{- if and (has (toString .rollout.maxSurge) (list "0" "0%")) (has (toString .rollout.maxUnavailable) (list "0" "0%")) -}}
{{- $mistakes = append $mistakes (printf "%s.rollout: maxSurge and maxUnavailable are both 0: no pod could ever be replaced" $name) -}}
{{- end -}}
{{- end -}}
{{- toJson $mistakes -}}
{{- end -}}

{{- define "tickwire.validate.autoscaling" -}}
{{- $name := index . 0 -}}
{{- $mistakes := list -}}
{{- with index . 1 -}}
{{- $connections := dig "connections" "enabled" false .autoscaling -}}
{{- if gt (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas) -}}
{{- $mistakes = append $mistakes (printf "%s.autoscaling.minReplicas: found %d, expected at most maxReplicas: %d" $name (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if not (or .autoscaling.cpu.enabled $connections) -}}
{{- $mistakes = append $mistakes (printf "%s.autoscaling: is enabled without anything to scale by: enable cpu%s" $name (ternary " or connections" "" (hasKey .autoscaling "connections"))) -}}
{{- end -}}
{{- if and .autoscaling.cpu.enabled (not (dig "requests" "cpu" "" .resources)) -}}
{{- $mistakes = append $mistakes (printf "%s.resources.requests.cpu: is not set, expected what autoscaling.cpu.utilization is a part of" $name) -}}
{{- end -}}
{{- if and $connections (gt (int .autoscaling.connections.target) (dig "http" "connections_max" 20000 .config | int)) -}}
{{- $mistakes = append $mistakes (printf "%s.autoscaling.connections.target: found %d, expected at most config.http.connections_max: it could never be reached" $name (int .autoscaling.connections.target)) -}}
{{- end -}}
{{- end -}}
{{- toJson $mistakes -}}
{{- end -}}

{{/* A budget that lets no pod go blocks every drain of a node. */}}
{{- define "tickwire.validate.budget" -}}
{{- $name := printf "%s.podDisruptionBudget" (index . 0) -}}
{{- $replicas := include "tickwire.replicasMin" (index . 1) | int -}}
{{- $mistakes := list -}}
{{- with (index . 1).podDisruptionBudget -}}
{{- if not (kindIs "invalid" .minAvailable) -}}
{{- if or (eq (toString .minAvailable) "100%") (and (not (kindIs "string" .minAvailable)) (ge (int .minAvailable) $replicas)) -}}
{{- $mistakes = append $mistakes (printf "%s.minAvailable: found %v of %d: no pod could ever be evicted" $name .minAvailable $replicas) -}}
{{- end -}}
{{- else if has (toString .maxUnavailable) (list "0" "0%") -}}
{{- $mistakes = append $mistakes (printf "%s.maxUnavailable: found %v: no pod could ever be evicted" $name .maxUnavailable) -}}
{{- end -}}
{{- end -}}
{{- toJson $mistakes -}}
{{- end -}}

{{- define "tickwire.validate.entrance" -}}
{{- $mistakes := list -}}
{{- with .Values.ingress -}}
{{- if and .tls.enabled (not .hosts) -}}
{{- $mistakes = append $mistakes "ingress.hosts: is empty, expected the hosts that ingress.tls is for" -}}
{{- end -}}
{{- if and .tls.enabled (not .enabled) -}}
{{- $mistakes = append $mistakes "ingress.tls.enabled: is true, but ingress.enabled is not" -}}
{{- end -}}
{{- if and .tls.secretName (not .tls.enabled) -}}
{{- $mistakes = append $mistakes "ingress.tls.secretName: is set, but ingress.tls.enabled is not true" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- $mistakes = append $mistakes "httpRoute.parentRefs: is empty, expected the Gateways to attach to" -}}
{{- end -}}
{{- with .Values.frontend.service -}}
{{- if and .nodePort (eq .type "ClusterIP") -}}
{{- $mistakes = append $mistakes "frontend.service.nodePort: is set, but frontend.service.type is ClusterIP" -}}
{{- end -}}
{{- end -}}
{{- toJson $mistakes -}}
{{- end -}}
