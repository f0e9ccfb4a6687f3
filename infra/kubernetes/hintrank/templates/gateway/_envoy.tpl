{{/* Envoy's configuration: calls of the edge to workers by their shard, health and metrics of its own. Takes (dict "root" $). */}}
{{- define "hintrank.envoy" -}}
{{- $gateway := .root.Values.gateway -}}
{{- $workers := printf "%s.%s.svc.%s" (include "hintrank.name" (dict "root" .root "component" "worker")) .root.Release.Namespace .root.Values.clusterDomain -}}
node: { id: gateway, cluster: {{ .root.Release.Name | quote }} }
admin:
  address: { socket_address: { address: 127.0.0.1, port_value: 9901 } }
overload_manager:
  resource_monitors:
    - name: envoy.resource_monitors.global_downstream_max_connections
      typed_config:
        "@type": type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig
        max_active_downstream_connections: 10000
static_resources:
  listeners:
    - name: calls
      address: { socket_address: { address: 0.0.0.0, port_value: 8443 } }
      per_connection_buffer_limit_bytes: 1048576
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: calls
                codec_type: AUTO
                use_remote_address: true
                normalize_path: true
                merge_slashes: true
                path_with_escaped_slashes_action: REJECT_REQUEST
                request_headers_timeout: 10s
                # The edge keeps connections; each ends now and then, so that they spread over gateways that are new.
                common_http_protocol_options: { idle_timeout: 300s, max_connection_duration: 3600s, headers_with_underscores_action: REJECT_REQUEST }
                http2_protocol_options: { max_concurrent_streams: 128, initial_stream_window_size: 1048576, initial_connection_window_size: 4194304 }
                access_log:
                  - name: envoy.access_loggers.stdout
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog
                      log_format:
                        json_format:
                          time: "%START_TIME%"
                          requestId: "%REQ(X-REQUEST-ID)%"
                          method: "%REQ(:METHOD)%"
                          path: "%REQ(:PATH)%"
                          shard: "%REQ(X-HINTRANK-SHARD)%"
                          status: "%RESPONSE_CODE%"
                          flags: "%RESPONSE_FLAGS%"
                          ms: "%DURATION%"
                          worker: "%UPSTREAM_HOST%"
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                local_reply_config:
                  mappers:
                    # No worker is ready: said at once, in a worker's own words, so that the edge goes to the next region.
                    - filter: { status_code_filter: { comparison: { op: EQ, value: { default_value: 503, runtime_key: unused } } } }
                      headers_to_add:
                        - header: { key: Retry-After, value: {{ $gateway.coldStartRetryAfterSeconds | toString | quote }} }
                      body_format_override:
                        json_format: { error: { code: not_ready, message: "No worker of the region is ready.", request_id: "%REQ(X-REQUEST-ID)%" } }
                route_config:
                  virtual_hosts:
                    - name: workers
                      domains: ["*"]
                      routes:
                        - match: { prefix: /v1/ }
                          route: &workers
                            cluster: workers
                            timeout: {{ $gateway.timeoutSeconds }}s
                            hash_policy:
                              - header: { header_name: X-Hintrank-Shard }
                            # Only what no worker has begun with: the edge retries the rest, and knows the caller's deadline.
                            retry_policy:
                              retry_on: connect-failure,refused-stream,reset-before-request
                              num_retries: 2
                              host_selection_retry_max_attempts: 4
                              retry_host_predicate:
                                - name: envoy.retry_host_predicates.previous_hosts
                                  typed_config: { "@type": type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate }
                        - match: { path: /info }
                          route: *workers
                        # Workers' probes and metrics are for the cluster.
                        - match: { prefix: / }
                          direct_response: { status: 404, body: { inline_string: '{"error":{"code":"route_not_found","message":"There is no such endpoint.","request_id":""}}' } }
          {{- if $gateway.tls.existingSecret }}
          transport_socket:
            name: envoy.transport_sockets.tls
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
              common_tls_context:
                alpn_protocols: [h2, http/1.1]
                tls_params: { tls_minimum_protocol_version: TLSv1_2 }
                # Read again when the Secret changes.
                tls_certificate_sds_secret_configs:
                  - name: certificate
                    sds_config:
                      resource_api_version: V3
                      path_config_source: { path: /etc/envoy/certificate.yaml, watched_directory: { path: /etc/envoy-tls } }
          {{- end }}
    - name: metrics
      address: { socket_address: { address: 0.0.0.0, port_value: 9902 } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: metrics
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                route_config:
                  virtual_hosts:
                    # Of the administration, which can end the process, nothing but these two.
                    - name: administration
                      domains: ["*"]
                      routes:
                        - match: { path: /ready }
                          route: { cluster: administration }
                        - match: { path: /metrics }
                          route: { cluster: administration, prefix_rewrite: /stats/prometheus }
  clusters:
    - name: workers
      type: STRICT_DNS
      dns_refresh_rate: 2s
      dns_failure_refresh_rate: { base_interval: 1s, max_interval: 2s }
      respect_dns_ttl: false
      connect_timeout: 1s
      # Of Envoy's two consistent hashes the one that moves fewer shards when workers come and go, and with them kept prefixes: a ring has other points with
      # every number of workers. No bounded load (hash_balance_factor): it takes a shard to another worker even while there is next to none.
      lb_policy: MAGLEV
      common_lb_config:
        # Never to a worker that is not ready, however few are.
        healthy_panic_threshold: { value: 0 }
        ignore_new_hosts_until_first_hc: true
      circuit_breakers:
        thresholds: [{ max_connections: 4096, max_pending_requests: 4096, max_requests: 4096, max_retries: 64 }]
      health_checks:
        - http_health_check: { path: /ready }
          timeout: 2s
          interval: 2s
          no_traffic_interval: 2s
          unhealthy_threshold: 2
          healthy_threshold: 1
      typed_extension_protocol_options:
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
          explicit_http_config: { http_protocol_options: {} }
          # Below the 75 s after which a worker closes.
          common_http_protocol_options: { idle_timeout: 60s }
      load_assignment:
        cluster_name: workers
        endpoints:
          - lb_endpoints:
              - endpoint: { address: { socket_address: { address: {{ $workers }}, port_value: 8790 } } }
    - name: administration
      type: STATIC
      connect_timeout: 1s
      load_assignment:
        cluster_name: administration
        endpoints:
          - lb_endpoints:
              - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 9901 } } }
{{- end }}
