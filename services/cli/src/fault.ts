/** How a verb ends: 0 good, 1 found a problem, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** Ends a verb with a message for people: what is wrong, where, and what to do. Carries no stack to the terminal. */
export class CliFault extends Error {
  override readonly name = 'CliFault';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
