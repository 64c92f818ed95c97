{{/* The settings as the TOML file that the server reads: of each table first its values, then the tables in it. JSON's
     texts, numbers and lists are TOML's, too. Called with (dict "name" "stream" "table" .Values...). */}}
{{- define "tickwire.table" }}
{{- $name := .name }}
{{- $tables := dict }}
{{- $lists := dict }}
[{{ $name }}]
{{- range $key, $value := .table }}
{{- if kindIs "map" $value }}
{{- $_ := set $tables $key $value }}
{{- else if and (kindIs "slice" $value) $value (kindIs "map" (first $value)) }}
{{- $_ := set $lists $key $value }}
{{- else if not (kindIs "invalid" $value) }}
{{ $key }} = {{ toRawJson $value }}
{{- end }}
{{- end }}
{{- range $key, $table := $tables }}
{{ include "tickwire.table" (dict "name" (printf "%s.%s" $name $key) "table" $table) }}
{{- end }}
{{- range $key, $list := $lists }}
{{- range $list }}

[[{{ $name }}.{{ $key }}]]
{{- range $field, $value := . }}
{{ $field }} = {{ toRawJson $value }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "tickwire.config" }}
{{- $ports := dict "http" (dict "listen" "0.0.0.0:8000" "admin_listen" "0.0.0.0:9000") }}
{{- range $name, $table := merge $ports (deepCopy .Values.backend.config) }}
{{- include "tickwire.table" (dict "name" $name "table" $table) }}
{{ end }}
{{- end }}
