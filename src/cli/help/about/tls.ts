/** The options of options/tls.ts in full sentences. */
export const TLS = {
  '--cafile':
    'Use TLS, and trust the CA certificates in this file: one or more in PEM, or one in DER. The default port becomes 8883. The CA certificates of the system are then not trusted, unless you add *--tls-use-os-certs* or use an *mqtts* URL. If the file cannot be used, the exit status is 1; if the certificate of the broker cannot be verified, it is 8. It cannot be combined with *--psk*.',
  '--capath':
    'Use TLS, and trust the CA certificates in this directory; the default port becomes 8883. Only files named by their hash count: run *openssl rehash* _DIR_ after a change. The CA certificates of the system are then not trusted, unless you add *--tls-use-os-certs* or use an *mqtts* URL. If the directory has no such file, the exit status is 1.',
  '--tls-use-os-certs':
    'Use TLS, and trust the CA certificates of the system, for a broker whose certificate is issued by a public authority. The default port becomes 8883. It can be added to *--cafile* and *--capath*. *SSL_CERT_FILE* and *SSL_CERT_DIR* replace the certificates of the system.',
  '--cert':
    'Present the client certificate in this file to a broker that identifies clients by certificates. The file is PEM, your own certificate first and then its issuers, or a single certificate in DER. It needs *--key* and TLS, so name the CA as well: *--cafile ca.crt --cert me.crt --key me.key*. If certificate and key do not match, the exit status is 1.',
  '--key':
    'Use the private key in this file, PEM or DER, for the certificate of *--cert*. If the key is encrypted, the program asks for the pass phrase on the terminal. Without a terminal it reads the pass phrase from standard input. If standard input has the messages, the pass phrase cannot be read, and the exit status is 1. If the key cannot be used, the exit status is 1.',
  '--keyform':
    'Choose what *--key* names: with *pem* a file, and with *engine* a key that the engine of *--tls-engine* has. *engine* is not available in the single executables.',
  '--ciphers':
    'Allow only these ciphers, in the notation of OpenSSL, such as *ECDHE-RSA-AES256-GCM-SHA384:TLS_AES_256_GCM_SHA384*. The list applies to TLS 1.2 and 1.3: a cipher that it does not select is not used. With *DEFAULT@SECLEVEL=1* or *DEFAULT@SECLEVEL=0*, weak broker certificates are accepted: RSA with fewer than 2048 bits, or SHA-1. If no cipher is left, the exit status is 1.',
  '--tls-version':
    'Use exactly this version of TLS: *tlsv1.2* or *tlsv1.3*, in lower case. *tlsv1.2* means 1.2 only, not 1.2 or newer as in the Mosquitto clients. If the broker does not support that version, the exit status is 8. It needs an option that turns TLS on.',
  '--tls-alpn':
    'Request this application protocol (ALPN), by which a server selects MQTT on a port with several services, for example *mqtt*. The name can have up to 255 bytes. *--explain* prints the protocol that the broker chose. It needs an option that turns TLS on.',
  '--tls-engine':
    'Load this OpenSSL engine, given by a name that OpenSSL finds, or by its path. With *--keyform engine* the private key comes from the engine. If the engine cannot be loaded, the exit status is 1; in the single executables, which have no engines, it is 10.',
  '--tls-engine-kpass-sha1':
    'This option is not supported: it exists so that a command line for the Mosquitto clients gets a clear error. With *--tls-engine* and *--keyform*, the exit status is 10.',
  '--tls-keylog':
    'Append the TLS session keys to this file, in the format SSLKEYLOGFILE of Wireshark and other tools. Anyone who has the file can decrypt a recording of the connection, so use it for tests only. A new file is readable only by you. If it cannot be written, the exit status is 1. It needs an option that turns TLS on.',
  '--insecure':
    'Do not compare the host name with the certificate of the broker; the certificate must still be valid and issued by a trusted CA. Use it for tests: anyone with another certificate of that CA can then pose as the broker. It needs an option that turns TLS on, and has no effect with *--psk*.',
  '--no-tls':
    'Connect without TLS, whatever other options, a URL, port 8883, an options file or the environment request. The user name, the password and all messages are then sent without encryption. With *--cafile*, *--capath* or *--psk* the default port is still 8883, so add *-p 1883*.',
  '--psk':
    'Use TLS with this pre-shared key instead of certificates: up to 512 bytes in hexadecimal digits. It needs *--psk-identity*, uses TLS 1.2, and makes 8883 the default port. Other users of this computer can see it on the command line, so prefer an options file. It cannot be combined with *--cafile*, *--capath* or *--cert*. In the single executables the exit status is 10.',
  '--psk-identity':
    'Give the name by which the broker finds the pre-shared key, up to 256 bytes. *--psk* and *--psk-identity* need each other; with only one of them the exit status is 1.',
} as const;
