/** How a tool is had. Everything comes from a package registry, by its own client, at one version. */
export type ToolSource =
  /** `go install PACKAGE@VERSION`: built here, once, in a minute or two. */
  | {
      readonly kind: 'go';
      readonly package: string;
      readonly version: string;
      /** The file that Go makes of it; default: the tool's name. */
      readonly program?: string;
    }
  /** A file of the Python packages of requirements.txt, relative to their folder. */
  | { readonly kind: 'python'; readonly path: string }
  /** A file of a Debian package, taken out of it without installing the package; the version is that of the distribution. */
  | { readonly kind: 'debian'; readonly package: string; readonly path: string };

/** Programs that check what is deployed, and the S3 server that the bucket is tested with and the proxy that makes it fail, by name. Nothing of the product needs them. */
export const toolTable = {
  helm: { kind: 'go', package: 'helm.sh/helm/v3/cmd/helm', version: 'v3.22.0' },
  kubeconform: { kind: 'go', package: 'github.com/yannh/kubeconform/cmd/kubeconform', version: 'v0.8.0' },
  versitygw: { kind: 'go', package: 'github.com/versity/versitygw/cmd/versitygw', version: 'v1.8.0' },
  toxiproxy: {
    kind: 'go',
    package: 'github.com/Shopify/toxiproxy/v2/cmd/server',
    version: 'v2.12.0',
    program: 'server',
  },
  hadolint: { kind: 'python', path: 'bin/hadolint' },
  envoy: { kind: 'python', path: 'envoy/_bin/envoy' },
  promtool: { kind: 'debian', package: 'prometheus', path: 'usr/bin/promtool' },
  tini: { kind: 'debian', package: 'tini', path: 'usr/bin/tini' },
} as const satisfies Record<string, ToolSource>;

export type ToolName = keyof typeof toolTable;
