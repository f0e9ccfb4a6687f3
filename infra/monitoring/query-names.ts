/** Words of PromQL that are neither functions nor metrics. */
const keywords = new Set('and or unless by without on ignoring group_left group_right bool offset inf nan'.split(' '));

/** Names of metrics and recorded series in a PromQL expression, each once. */
export function metricNames(expression: string): string[] {
  const bare = expression
    .replace(/"(?:\\.|[^"\\])*"/g, '')
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  const words = bare.matchAll(/(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\()(?![\w:])/g);
  return [...new Set([...words].map(([word]) => word))].filter((word) => !keywords.has(word));
}

/** Values that an expression compares a label with, alternatives of a pattern one by one. */
export function labelValues(expression: string, label: string): string[] {
  const matchers = expression.matchAll(new RegExp(`[{,]\\s*${label}=~?"([^"]*)"`, 'g'));
  return [...matchers].flatMap(([, values = '']) => values.split('|'));
}
