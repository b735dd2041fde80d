/**
 * Which reader reads the records of standard input: with `-l` a record is a payload, with `--topic-from-line` a topic
 * and a payload, with `--json-lines` a whole message (json-record.ts). An invalid record ends the run. The failure
 * gives its number and quotes nothing of it except a topic.
 */
import type { PubPlan } from '../../cli/plan/types.ts';
import { FAILURES, Failure } from '../../errors.ts';
import { isTopicName, tooDeep } from '../../mqtt/topic.ts';
import { printable } from '../../util/printable.ts';
import { decodeUtf8, isPlainText } from '../../util/utf8.ts';
import type { ReadRecord, Refuse } from './record.ts';

/** Returns the reader for the plan. */
export async function recordReader(plan: PubPlan): Promise<ReadRecord> {
  const { records } = plan;
  if (records === undefined) return payloadRecords(plan);
  if (records.kind === 'topics') return counted(plan, (refuse) => topicRecords(plan, records.delimiter, refuse));
  const { jsonRecords } = await import('./json-record.ts');
  const { topic, qos, retain, speed } = records;
  const { properties, session, spool } = plan;
  const time = speed === undefined ? 'ignored' : 'needed';
  const takesProperties = session.version === 5;
  const rules = { topic, qos, retain, properties, takesProperties, spooled: spool !== undefined, time } as const;
  return counted(plan, (refuse) => jsonRecords(rules, refuse));
}

function payloadRecords({ topic, qos, retain, properties }: PubPlan): ReadRecord {
  return (payload) => ({ topic, payload, qos, retain, properties });
}

/** Numbers the records as an editor numbers lines. */
function counted({ nul }: PubPlan, reader: (refuse: Refuse) => ReadRecord): ReadRecord {
  let number = 0;
  const read = reader((problem) => {
    const message = `${nul ? 'Record' : 'Line'} ${number} of standard input: ${problem}.`;
    return new Failure('file', { message, status: FAILURES['invalid-input'].status });
  });
  return (record) => {
    number++;
    return read(record);
  };
}

function topicRecords({ qos, retain, properties }: PubPlan, delimiter: Uint8Array, refuse: Refuse): ReadRecord {
  const shown = delimiter.length === 1 && delimiter[0] === 9 ? 'tab' : `'${Buffer.from(delimiter)}'`;
  return (record) => {
    const bytes = Buffer.from(record.buffer, record.byteOffset, record.length);
    const end = bytes.indexOf(delimiter);
    if (end < 0) throw refuse(`${shown} is missing between topic and payload`);
    const topic = decodeUtf8(bytes, 0, end);
    // The topic follows the rules of -t, because brokers close the connection over control characters.
    if (topic === undefined || !isPlainText(topic)) throw refuse('the topic is not well-formed text');
    if (!isTopicName(topic) || tooDeep(topic))
      throw refuse(
        topic === '' ? 'the topic is empty' : `invalid topic '${printable(topic)}', does it contain '+' or '#'?`,
      );
    return { topic, payload: bytes.subarray(end + delimiter.length), qos, retain, properties };
  };
}
