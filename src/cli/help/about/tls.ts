/** The options of options/tls.ts in full sentences. */
export const TLS = {
  '--insecure':
    "Do not check the host name in the broker's certificate. Only the name is not checked; the certificate must still be good.",
  '--ciphers':
    'Ciphers to allow, in the notation of OpenSSL. With @SECLEVEL=0 or @SECLEVEL=1 in LIST (DEFAULT@SECLEVEL=0), weak server certificates are accepted: RSA with fewer than 2048 bits, SHA-1.',
  '--tls-keylog': 'Append the secrets of the session, to debug with. Whoever has the file can read the connection.',
} as const;
