/** What to say besides of a file that is no YAML, if it looks like one of a chart; `command` is what would read it. */
export const templateHint = (text: string, message: string, command: string): string =>
  text.includes('{{') && message.startsWith('This is no YAML')
    ? `. It looks like a template: have it rendered first, as by \`helm template . | ${command}\``
    : '';
