{{/* Called with (list $ "backend"). Clients of a pod that goes away have to move: it is added quickly, taken away slowly. */}}
{{- define "tickwire.hpa" -}}
{{- $ := index . 0 -}}
{{- $args := . -}}
{{- $name := printf "%s-%s" (include "tickwire.fullname" $) (index . 1) -}}
{{- with (index $.Values (index . 1)).autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ $name }}
  labels:
    {{- include "tickwire.labels" $args | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ $name }}
  minReplicas: {{ .minReplicas }}
  maxReplicas: {{ .maxReplicas }}
  metrics:
    {{- if .cpu.enabled }}
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .cpu.utilization }}
    {{- end }}
    {{- with .connections }}
    {{- if .enabled }}
    - type: Pods
      pods:
        metric:
          name: {{ .metric }}
        target:
          type: AverageValue
          averageValue: {{ .target | quote }}
    {{- end }}
    {{- end }}
  behavior:
    scaleUp:
      stabilizationWindowSeconds: 0
      policies:
        - type: Pods
          value: {{ .scaleUp.pods }}
          periodSeconds: {{ .scaleUp.periodSeconds }}
    scaleDown:
      stabilizationWindowSeconds: {{ .scaleDown.stabilizationSeconds }}
      policies:
        - type: Pods
          value: {{ .scaleDown.pods }}
          periodSeconds: {{ .scaleDown.periodSeconds }}
{{- end -}}
{{- end -}}
