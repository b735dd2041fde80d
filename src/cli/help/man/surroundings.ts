/** What the manual pages of the clients print about the environment and the options file. `*x*` is to be typed as it is, `_X_` stands for a value. */
import type { ClientId } from '../../programs.ts';

/** A variable or a file, and what it does. */
type Described = readonly [name: string, text: string];

export const ENVIRONMENT_INTRO =
  'Almost every long option has a variable: *TSMOSQ_HOST* sets *--host*. *--property*, *--help*, *--version* and *--completion* have none. The command line overrides the environment, and the environment overrides the options file. For options without a value, 1, true, yes and on turn the option on; 0, false, no, off and an empty value turn it off. A variable is ignored if it cannot be combined with an option on the command line. *TSMOSQ_URL* is read first, so that *TSMOSQ_PORT* changes the port of the URL. A *TSMOSQ_* variable that matches no option prints a warning.';

/** Variables that the program reads in addition to its options. */
export const variables = (hasFormat: boolean): readonly Described[] => [
  ['*XDG_CONFIG_HOME*, *HOME*', 'The directory of the default options file; see FILES.'],
  [
    '*SSL_CERT_FILE*, *SSL_CERT_DIR*',
    'A file and directories that replace the CA certificates of the system, for example with *--tls-use-os-certs*.',
  ],
  ['*NO_COLOR*, *FORCE_COLOR*', 'No color, or color everywhere. *--color* overrides both.'],
  ...(hasFormat ? ([['*TZ*', 'The time zone of *%I*, *%j*, *%J* and the letters after *@*.']] as const) : []),
];

export const COMMAND_VARIABLES_INTRO =
  'A command of *--exec* or *--exec-file* receives the environment of *tssub*, without *TSMOSQ_* variables, which can have a password. These variables describe the message. A property that the message does not have has no variable.';

export const COMMAND_VARIABLES: readonly Described[] = [
  ['*MQTT_TOPIC*', 'Topic.'],
  ['*MQTT_QOS*', '0, 1 or 2.'],
  ['*MQTT_RETAIN*, *MQTT_DUP*', '0 or 1. *MQTT_DUP=1* means that the broker has sent the message before.'],
  ['*MQTT_MID*', 'Packet identifier; not set at QoS 0.'],
  ['*MQTT_ATTEMPT*', '1 for the first attempt, then 2, 3 and so on (*--exec-retries*).'],
  [
    '*MQTT_CONTENT_TYPE*, *MQTT_RESPONSE_TOPIC*, *MQTT_MESSAGE_EXPIRY_INTERVAL*, *MQTT_PAYLOAD_FORMAT_INDICATOR*, *MQTT_SUBSCRIPTION_IDENTIFIER*',
    'The properties of MQTT 5. Several subscription identifiers are separated by spaces.',
  ],
  [
    '*MQTT_CORRELATION_DATA*, *MQTT_CORRELATION_DATA_BASE64*',
    'Correlation data as text, or in Base64 if it is not text.',
  ],
  ['*MQTT_USER_PROPERTIES*', 'The number of user properties.'],
  ['*MQTT_USER_PROPERTY_1_NAME*, *MQTT_USER_PROPERTY_1_VALUE*', 'The first user property, and so on.'],
  [
    '_NAME_*_LEFT_OUT*',
    '1, instead of the variable _NAME_, if its value is too long (128 KiB). *MQTT_USER_PROPERTIES_LEFT_OUT* means that the user properties together are too long (256 KiB).',
  ],
];

export const optionsFile = (name: string, original?: string): Described => [
  `*$XDG_CONFIG_HOME/${name}*, *~/.config/${name}*`,
  `Options that are read before the environment and the command line. Each line is an option, a space and its value. The value is the rest of the line, so do not quote it. Empty lines and lines that begin with # are ignored. ${original === undefined ? '' : `If the file does not exist, *${original}* in the same directory is read. `}*-o* names another file. If it has a password and other users can read it, a warning is printed.`,
];

export const EXAMPLE_FILE: readonly string[] = [
  '# The broker, and the user',
  '-h broker.example.com',
  '--cafile /etc/ssl/certs/example-ca.pem',
  '-u meter',
  '--password-file /home/meter/.mqtt-password',
  '-q 1',
];

/** What makes a run whole whose other options are in the file. */
export const EXAMPLE_OPTIONS: Readonly<Record<ClientId, string>> = {
  pub: '-t home/meter -m 21.5',
  sub: "-t 'home/#'",
  rr: '-t time/get -e time/answer -m now',
};
