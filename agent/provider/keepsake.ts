/** What survives the process, for what can be read only once: a text in a place that nobody else reads. */
export interface Keepsake {
  /** Undefined if there is none, or none that can be trusted. */
  load(): Promise<string | undefined>;
  /** Throws the system's error if it cannot be kept. */
  save(text: string): Promise<void>;
}
