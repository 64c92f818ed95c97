{{/* The beginning of all names. */}}
{{- define "tickwire.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What an object is found by, for good. Called with (list $ "backend"). */}}
{{- define "tickwire.selector" -}}
{{- $ := index . 0 -}}
app.kubernetes.io/name: {{ default $.Chart.Name $.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ $.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "tickwire.labels" -}}
{{- $ := index . 0 -}}
{{ include "tickwire.selector" . }}
app.kubernetes.io/part-of: tickwire
app.kubernetes.io/version: {{ $.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $.Chart.Name $.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with $.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Without versions: a new chart with the same image replaces no pod. */}}
{{- define "tickwire.podLabels" -}}
{{- $ := index . 0 -}}
{{ include "tickwire.selector" . }}
app.kubernetes.io/part-of: tickwire
{{- with $.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- with (index $.Values (index . 1)).podLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "tickwire.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "tickwire.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* An image by its digest, or by its tag. Called with (list $ image). */}}
{{- define "tickwire.image" -}}
{{- $ := index . 0 -}}
{{- $image := index . 1 -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ default $.Chart.AppVersion $image.tag }}
{{- end -}}
{{- end -}}

{{/* The full name of a service: Nginx asks its resolver for what it is given, without search domains. */}}
{{- define "tickwire.host" -}}
{{- $ := index . 0 -}}
{{ include "tickwire.fullname" $ }}-{{ index . 1 }}.{{ $.Release.Namespace }}.svc.{{ $.Values.clusterDomain }}
{{- end -}}

{{/* Seconds from the start of a backend pod's end to the end of its drain. */}}
{{- define "tickwire.backend.drainSeconds" -}}
{{- $deadline := dig "drain" "deadline_ms" 10000 .Values.backend.config -}}
{{- add .Values.backend.preStopSeconds (ceil (divf $deadline 1000)) -}}
{{- end -}}

{{- define "tickwire.backend.graceSeconds" -}}
{{- default (add (include "tickwire.backend.drainSeconds" .) 10) .Values.backend.terminationGracePeriodSeconds -}}
{{- end -}}

{{/* The fewest pods that a component ever has. */}}
{{- define "tickwire.replicasMin" -}}
{{- ternary .autoscaling.minReplicas .replicas .autoscaling.enabled -}}
{{- end -}}

{{/* How many pods. With an autoscaler it decides; to say nothing would make it one pod for a moment when the autoscaler is
     switched on, so what is there is said again. Called with (list $ "backend"). */}}
{{- define "tickwire.replicas" -}}
{{- $ := index . 0 -}}
{{- $component := index $.Values (index . 1) -}}
{{- if $component.autoscaling.enabled -}}
{{- with lookup "apps/v1" "Deployment" $.Release.Namespace (printf "%s-%s" (include "tickwire.fullname" $) (index . 1)) -}}
replicas: {{ .spec.replicas }}
{{- end -}}
{{- else -}}
replicas: {{ $component.replicas }}
{{- end -}}
{{- end -}}

{{/* The security context of every pod, and of every container: what the level `restricted` asks, and a read-only root. */}}
{{- define "tickwire.podSecurity" -}}
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "tickwire.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Where a pod may run. Called with (list $ "backend"). */}}
{{- define "tickwire.placement" -}}
{{- $ := index . 0 -}}
{{- $args := . -}}
{{- $component := index $.Values (index . 1) -}}
{{- with $component.spreadOver }}
topologySpreadConstraints:
{{- range . }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "tickwire.selector" $args | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}
{{- with $component.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $component.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $component.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $component.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "tickwire.testResources" -}}
requests:
  cpu: 10m
  memory: 16Mi
limits:
  memory: 64Mi
{{- end -}}
