{{/* Called with (list $ "backend"). */}}
{{- define "tickwire.pdb" -}}
{{- $ := index . 0 -}}
{{- $args := . -}}
{{- with (index $.Values (index . 1)).podDisruptionBudget -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "tickwire.fullname" $ }}-{{ index $args 1 }}
  labels:
    {{- include "tickwire.labels" $args | nindent 4 }}
spec:
  {{- if kindIs "invalid" .minAvailable }}
  maxUnavailable: {{ .maxUnavailable }}
  {{- else }}
  minAvailable: {{ .minAvailable }}
  {{- end }}
  # A pod that is not ready serves nobody.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "tickwire.selector" $args | nindent 6 }}
{{- end -}}
{{- end -}}
