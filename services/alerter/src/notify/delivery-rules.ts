import type { DeliveryRules, ReceiverRule } from '@foreshock/alert/delivery/policy';
import { type Config, DEFAULTS, durationMs, type ReceiverConfig } from '@foreshock/model/config';

/** A person reads no more than this one by one; a machine reads all of them. */
const ROLL_UP_ABOVE: Readonly<Record<ReceiverConfig['kind'], number | null>> = {
  console: 20,
  slack: 20,
  webhook: null,
};

/** What the config says about delivery. `replayReceivers` alone are told of replayed incidents. */
export function deliveryRules(config: Config, replayReceivers: ReadonlySet<string>): DeliveryRules {
  const receivers = config.receivers ?? [];
  return {
    receivers: new Map(receivers.map((receiver) => [receiver.id, ruleOf(receiver, replayReceivers)])),
    operators: config.operator?.receivers ?? receivers.map(({ id }) => id),
  };
}

const ruleOf = (receiver: ReceiverConfig, replayReceivers: ReadonlySet<string>): ReceiverRule => ({
  id: receiver.id,
  severity: receiver.severity ?? 'warning',
  sendResolved: receiver.sendResolved ?? true,
  ...(receiver.fallback !== undefined ? { fallback: receiver.fallback } : {}),
  giveUpAfterMs: durationMs(receiver.giveUpAfter ?? DEFAULTS.giveUpAfter),
  replay: replayReceivers.has(receiver.id),
  rollUpAbove: ROLL_UP_ABOVE[receiver.kind],
});
