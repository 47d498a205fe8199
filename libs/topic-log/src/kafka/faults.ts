import { ClosedError, UnavailableError } from '../contract.ts';

/** The cluster refuses us for good: no attempt will help, somebody must change something. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** What kafkajs puts on its errors. */
interface KafkaFault {
  readonly name?: string;
  readonly type?: string;
  readonly code?: string | number;
  readonly message?: string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
  /** Of a request about many topics: what each of them met. */
  readonly errors?: unknown;
}

const CAUSES_MAX = 20;

function causesOf(error: unknown): KafkaFault[] {
  const causes: KafkaFault[] = [];
  const open = [error];
  while (open.length > 0 && causes.length < CAUSES_MAX) {
    const at = open.shift();
    if (!(at instanceof Error)) continue;
    const fault = at as KafkaFault;
    causes.push(fault);
    open.push(at.cause, ...(Array.isArray(fault.errors) ? fault.errors : []));
  }
  return causes;
}

const TYPES_REFUSED: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED:
    'the user may not use this topic - grant it Read, Write and Describe on the topics of this prefix',
  GROUP_AUTHORIZATION_FAILED: 'the user may not join this group - grant it Read on the groups of this prefix',
  CLUSTER_AUTHORIZATION_FAILED:
    'the user may not do this on the cluster - create the topics as an administrator, and grant IdempotentWrite',
  SASL_AUTHENTICATION_FAILED: 'the cluster does not know this user and password - check sasl in the config',
  ILLEGAL_SASL_STATE: 'the broker did not expect a login here - check sasl and the port in the config',
  UNSUPPORTED_SASL_MECHANISM: 'the broker does not offer this mechanism - check sasl.mechanism in the config',
  UNSUPPORTED_VERSION: 'the broker is older than Kafka 2.3 or this port is not for clients',
  INVALID_REPLICATION_FACTOR:
    'there are fewer brokers than copies asked for - set kafka.replication, or start the missing brokers',
  POLICY_VIOLATION: 'a policy of the cluster forbids it',
  INVALID_CONFIG: 'the cluster refuses a setting of the topic',
  MESSAGE_TOO_LARGE: 'the record is larger than max.message.bytes of its topic - raise it to 8388608',
};

/** What should be tried again, whatever kafkajs says of it. */
const TYPES_PASSING = new Set([
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
]);

/** Why no attempt will help; undefined where one may. `where` begins the sentence, as `broker 10.0.0.1:9092`. */
export function refusalOf(error: unknown, where: string): RefusedError | undefined {
  if (error instanceof RefusedError) return error;
  for (const cause of causesOf(error)) {
    const refused = cause.type === undefined ? undefined : TYPES_REFUSED[cause.type];
    if (refused) return new RefusedError(`${where}: ${refused} (${cause.type})`, { cause: error });
    if (cause.name === 'KafkaJSSASLAuthenticationError')
      return new RefusedError(`${where}: ${TYPES_REFUSED['SASL_AUTHENTICATION_FAILED']} (${cause.message})`, {
        cause: error,
      });
    if (
      cause.name === 'KafkaJSServerDoesNotSupportApiKey' ||
      /does not support the requested API version/.test(cause.message ?? '')
    )
      return new RefusedError(
        `${where}: this port is not for clients, it may be the controllers’ - give the port of a broker’s client listener`,
        { cause: error },
      );
    if (/wrong version number|packet length too long|EPROTO/i.test(`${cause.message} ${cause.code}`))
      return new RefusedError(`${where}: the broker does not speak TLS on this port - check kafka.tls`, {
        cause: error,
      });
    if (/self.signed|unable to (get|verify)|certificate|altname/i.test(`${cause.message}`))
      return new RefusedError(
        `${where}: its certificate is not trusted (${cause.message}) - check kafka.tls.ca`,
        {
          cause: error,
        },
      );
  }
  return undefined;
}

/** Whether trying again may help. */
export function passes(error: unknown): boolean {
  if (error instanceof ClosedError || refusalOf(error, '')) return false;
  const causes = causesOf(error);
  if (causes.some(({ type }) => type !== undefined && TYPES_PASSING.has(type))) return true;
  return causes.some(
    ({ name, retriable }) =>
      retriable === true ||
      (name?.startsWith('KafkaJSConnection') ?? false) ||
      name === 'KafkaJSRequestTimeoutError' ||
      name === 'KafkaJSNumberOfRetriesExceeded' ||
      name === 'KafkaJSBrokerNotFound' ||
      name === 'KafkaJSLockTimeout' ||
      name === 'KafkaJSTopicMetadataNotLoaded' ||
      name === 'KafkaJSMetadataNotLoaded' ||
      name === 'KafkaJSNoBrokerAvailableError' ||
      name === 'UnavailableError',
  );
}

/** What may be wrong where attempts fail again and again, though none of them was refused. */
const HINTS: readonly { readonly said: RegExp; readonly hint: string }[] = [
  {
    said: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|connection timeout/i,
    hint: ' - is the broker up, and can the address in its advertised.listeners be reached from here?',
  },
  {
    said: /before secure TLS connection/i,
    hint: ' - does the broker speak TLS on this port? check kafka.tls',
  },
  {
    said: /closed connection|ECONNRESET/i,
    hint: ' - does the broker ask for TLS or a login on this port? check kafka.tls and kafka.sasl',
  },
];

/** What to tell the caller of an operation that failed for now. */
export function unavailable(error: unknown, doing: string): UnavailableError {
  if (error instanceof UnavailableError) return error;
  const [first] = causesOf(error);
  const reason = first?.message ?? String(error);
  const hint = HINTS.find(({ said }) => said.test(reason))?.hint ?? '';
  return new UnavailableError(`${doing}: ${reason}${hint}`, { cause: error });
}

/** Kafka’s error codes that a fetch or a look at bounds may bring (protocol guide, “Error Codes”). */
export const ERROR = {
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeader: 6,
  topicAuthorizationFailed: 29,
} as const;
