/** The options of options/transport.ts in full sentences. */
export const TRANSPORT = {
  '--proxy': 'Connect through the proxy at socks5h|http://[USER[:PASSWORD]@]HOST[:PORT].',
  '--retry':
    'Try again so often when the broker cannot be reached. Also for a program that would leave at the first failure.',
  '--explain':
    'Tell each step of connecting, and what to change. On standard error, a line for each step; when it fails, with what to change. No secrets are shown.',
} as const;
