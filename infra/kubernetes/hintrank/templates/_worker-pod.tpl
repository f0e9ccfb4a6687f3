{{/*
Pod of a worker process, serving or training. Takes root, component, role, settings (.Values.worker or .Values.trainer), preStopSeconds, graceSeconds and
startup.
*/}}
{{- define "hintrank.workerPod" -}}
{{- $values := .root.Values -}}
{{- $settings := .settings -}}
serviceAccountName: {{ include "hintrank.name" (dict "root" .root "component" "worker") }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ add .preStopSeconds .graceSeconds 10 }}
securityContext: {{- include "hintrank.podSecurity" . | nindent 2 }}
{{- with $values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints: {{- include "hintrank.topologySpread" . | nindent 2 }}
{{- with $settings.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $settings.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $settings.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: worker
    image: {{ printf "%s:%s" $values.image.repository ($values.image.tag | default .root.Chart.AppVersion) | quote }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    securityContext: {{- include "hintrank.containerSecurity" . | nindent 6 }}
    ports:
      - { name: http, containerPort: 8790, protocol: TCP }
    env: {{- include "hintrank.workerEnvironment" . | nindent 6 }}
    startupProbe:
      httpGet: { path: /ready, port: http }
      periodSeconds: {{ .startup.periodSeconds }}
      failureThreshold: {{ .startup.failureThreshold }}
    readinessProbe:
      httpGet: { path: /ready, port: http }
      periodSeconds: 2
      timeoutSeconds: 2
      failureThreshold: 1
    livenessProbe:
      httpGet: { path: /health, port: http }
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 6
    {{- if gt (int .preStopSeconds) 0 }}
    lifecycle:
      preStop:
        sleep: { seconds: {{ .preStopSeconds }} }
    {{- end }}
    resources: {{- toYaml $settings.resources | nindent 6 }}
    volumeMounts:
      - { name: cache, mountPath: /var/lib/hintrank }
      - { name: temporary, mountPath: /tmp }
      {{- if $values.model.existingClaim }}
      - { name: models, mountPath: /models, readOnly: true }
      {{- end }}
volumes:
  - name: cache
    {{- if and $values.cache.existingClaim (eq .role "serve") }}
    persistentVolumeClaim: { claimName: {{ $values.cache.existingClaim | quote }} }
    {{- else }}
    # A trainer has a folder of its own in any case: at its start it removes what jobs of an earlier one left.
    emptyDir: { sizeLimit: {{ $values.cache.sizeLimit | quote }} }
    {{- end }}
  - name: temporary
    emptyDir: { sizeLimit: 1Gi }
  {{- if $values.model.existingClaim }}
  - name: models
    persistentVolumeClaim: { claimName: {{ $values.model.existingClaim | quote }}, readOnly: true }
  {{- end }}
{{- end }}

{{- define "hintrank.workerEnvironment" -}}
{{- $values := .root.Values -}}
{{- $settings := .settings -}}
{{- $secret := required "secrets.existingSecret is required: a Secret with worker-signing-key" ($settings.existingSecret | default $values.secrets.existingSecret) -}}
- name: WORKER_SIGNING_KEY
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: worker-signing-key } }
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: otlp-headers, optional: true } }
{{- if and $values.s3.bucket $values.s3.keysInSecret }}
- name: S3_ACCESS_KEY_ID
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: s3-access-key-id } }
- name: S3_SECRET_ACCESS_KEY
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: s3-secret-access-key } }
{{- end }}
{{- $plain := dict
  "BASE_MODEL" $values.baseModel
  "GPU_WORKER_ROLE" .role
  "GPU_WORKER_DEVICE" $settings.device
  "GPU_WORKER_LOG_LEVEL" $settings.logLevel
  "GPU_WORKER_GRACE_SECONDS" .graceSeconds
}}
{{- if $settings.precision }}{{ $_ := set $plain "GPU_WORKER_PRECISION" $settings.precision }}{{ end }}
{{- if $settings.threads }}{{ $_ := set $plain (eq .role "train" | ternary "GPU_WORKER_TRAINING_THREADS" "GPU_WORKER_THREADS") $settings.threads }}{{ end }}
{{- if $settings.edgeUrl }}{{ $_ := set $plain "EDGE_URL" $settings.edgeUrl }}{{ end }}
{{- if $values.model.path }}{{ $_ := set $plain "GPU_WORKER_MODEL" $values.model.path }}{{ end }}
{{- if $values.model.calibration }}{{ $_ := set $plain "GPU_WORKER_CALIBRATION" $values.model.calibration }}{{ end }}
{{- if $values.s3.bucket }}
{{- $_ := set $plain "S3_BUCKET" $values.s3.bucket }}
{{- $_ := set $plain "S3_REGION" $values.s3.region }}
{{- $_ := set $plain "S3_PATH_STYLE" $values.s3.pathStyle }}
{{- if $values.s3.endpoint }}{{ $_ := set $plain "S3_ENDPOINT" $values.s3.endpoint }}{{ end }}
{{- end }}
{{- range $name, $value := merge (deepCopy $settings.environment) $plain }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end }}
