{{- define "hintrank.dnsEgress" }}
- to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }]
  ports: [{ protocol: UDP, port: 53 }, { protocol: TCP, port: 53 }]
{{- end }}
{{- define "hintrank.outsideEgress" }}
# The object store, the edge, and the hub of models: by TLS, and not the cloud's metadata service.
- to: [{ ipBlock: { cidr: 0.0.0.0/0, except: [169.254.0.0/16] } }]
  ports: [{ protocol: TCP, port: 443 }]
{{- end }}
