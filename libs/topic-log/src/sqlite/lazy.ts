/** Makes a thing when it is first asked for: most tables never need most of their statements. */
export function lazy<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
