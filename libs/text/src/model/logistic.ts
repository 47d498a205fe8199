/** One labelled example: slots that are filled, with what each is worth, and figures of its own. */
export interface Example {
  readonly slots: Int32Array;
  readonly values: Float64Array;
  readonly dense: Float64Array;
  readonly label: number;
  readonly weight: number;
}

/** A weight for every feature and class: slots first, then figures, then the constant; the classes side by side. */
export interface Logistic {
  readonly classes: number;
  readonly slots: number;
  readonly dense: number;
  readonly weights: Float64Array;
}

const widthOf = ({ slots, dense }: { slots: number; dense: number }): number => slots + dense + 1;

/** Log odds by class, up to a constant. */
export function logits(
  { classes, slots, dense, weights }: Logistic,
  example: Omit<Example, 'label' | 'weight'>,
  into: Float64Array,
): void {
  into.fill(0);
  const filled = example.slots;
  for (let i = 0; i < filled.length; i++) {
    const from = filled[i]! * classes;
    const value = example.values[i]!;
    for (let c = 0; c < classes; c++) into[c]! += weights[from + c]! * value;
  }
  for (let c = 0; c < classes; c++) into[c]! += weights[(slots + dense) * classes + c]!;
  for (let d = 0; d < dense; d++) {
    const value = example.dense[d]!;
    if (value === 0) continue;
    const from = (slots + d) * classes;
    for (let c = 0; c < classes; c++) into[c]! += weights[from + c]! * value;
  }
}

/** Turns log odds into probabilities in place. */
export function softmax(values: Float64Array): void {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) most = Math.max(most, value);
  let sum = 0;
  for (let c = 0; c < values.length; c++) {
    values[c] = Math.exp(values[c]! - most);
    sum += values[c]!;
  }
  for (let c = 0; c < values.length; c++) values[c]! /= sum;
}

export interface LogisticOptions {
  readonly classes: number;
  readonly slots: number;
  readonly dense: number;
  /** Weight of the squared weights; the constants go free. */
  readonly penalty: number;
  readonly steps: number;
}

/** Penalised maximum likelihood by limited-memory BFGS. The same examples give the same model. */
export function fitLogistic(examples: readonly Example[], options: LogisticOptions): Logistic {
  const width = widthOf(options);
  const size = options.classes * width;
  const weights = new Float64Array(size);
  const model: Logistic = { classes: options.classes, slots: options.slots, dense: options.dense, weights };
  const total = examples.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const probabilities = new Float64Array(options.classes);

  const { classes, slots, dense, penalty } = options;
  const constants = (slots + dense) * classes;
  const evaluate = (at: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    const trial = { ...model, weights: at };
    for (const example of examples) {
      logits(trial, example, probabilities);
      softmax(probabilities);
      const share = example.weight / total;
      loss -= share * Math.log(Math.max(probabilities[example.label]!, 1e-12));
      for (let c = 0; c < classes; c++)
        probabilities[c] = share * (probabilities[c]! - (c === example.label ? 1 : 0));
      for (let c = 0; c < classes; c++) gradient[constants + c]! += probabilities[c]!;
      for (let d = 0; d < dense; d++) {
        const value = example.dense[d]!;
        if (value === 0) continue;
        const from = (slots + d) * classes;
        for (let c = 0; c < classes; c++) gradient[from + c]! += probabilities[c]! * value;
      }
      for (let i = 0; i < example.slots.length; i++) {
        const from = example.slots[i]! * classes;
        const value = example.values[i]!;
        for (let c = 0; c < classes; c++) gradient[from + c]! += probabilities[c]! * value;
      }
    }
    for (let i = 0; i < constants; i++) {
      loss += (penalty / 2) * at[i]! * at[i]!;
      gradient[i]! += penalty * at[i]!;
    }
    return loss;
  };
  minimise(weights, evaluate, options.steps);
  return model;
}

const MEMORY = 8;
const TRIES = 20;

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** Walks `at` downhill; stops where a step gains nothing. */
function minimise(
  at: Float64Array,
  evaluate: (at: Float64Array, gradient: Float64Array) => number,
  steps: number,
): void {
  let gradient = new Float64Array(at.length);
  let loss = evaluate(at, gradient);
  const moves: { step: Float64Array; turn: Float64Array; scale: number }[] = [];
  for (let round = 0; round < steps; round++) {
    const direction = gradient.map((value) => -value);
    const shares: number[] = [];
    for (const { step, turn, scale } of moves.toReversed()) {
      const share = scale * dot(step, direction);
      shares.push(share);
      for (let i = 0; i < direction.length; i++) direction[i]! -= share * turn[i]!;
    }
    const last = moves.at(-1);
    const first = last
      ? 1 / (last.scale * dot(last.turn, last.turn))
      : 1 / Math.max(1e-9, Math.sqrt(dot(gradient, gradient)));
    for (let i = 0; i < direction.length; i++) direction[i]! *= first;
    for (const [index, { step, turn, scale }] of moves.entries()) {
      const share = shares[moves.length - 1 - index]! - scale * dot(turn, direction);
      for (let i = 0; i < direction.length; i++) direction[i]! += share * step[i]!;
    }
    const slope = dot(gradient, direction);
    if (!(slope < 0)) return;
    let length = 1;
    let next = at;
    let nextLoss = Number.POSITIVE_INFINITY;
    const nextGradient = new Float64Array(at.length);
    for (let attempt = 0; attempt < TRIES; attempt++, length /= 2) {
      next = at.map((value, i) => value + length * direction[i]!);
      nextLoss = evaluate(next, nextGradient);
      if (nextLoss <= loss + 1e-4 * length * slope) break;
    }
    if (!(nextLoss < loss)) return;
    const step = next.map((value, i) => value - at[i]!);
    const turn = nextGradient.map((value, i) => value - gradient[i]!);
    const curve = dot(step, turn);
    if (curve > 1e-12) moves.push({ step, turn, scale: 1 / curve });
    if (moves.length > MEMORY) moves.shift();
    at.set(next);
    gradient = nextGradient;
    const gain = loss - nextLoss;
    loss = nextLoss;
    if (gain < 1e-6 * Math.abs(loss)) return;
  }
}
