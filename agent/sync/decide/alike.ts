/** Finds among many names the one that differs from a given one in nothing but capitals. */
export function findAlike(names: Iterable<string>): (name: string) => string | undefined {
  const byLetters = new Map([...names].map((name) => [name.toLowerCase(), name]));
  return (name) => byLetters.get(name.toLowerCase());
}
