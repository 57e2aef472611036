/** True for a URL of a server, without a password in it. */
export function isAddress(text: string): boolean {
  const url = /^https?:\/\//u.test(text) ? URL.parse(text) : null;
  return url !== null && url.username === '' && url.password === '';
}

/** True for what only this machine listens at. */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/u.test(hostname);
}
