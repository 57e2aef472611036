import { accountLogin } from './login/account.ts';
import type { LogIn, LoginParts } from './login/grant.ts';

/** How the store is logged in to. What a method has to remember lives as long as what this returns. */
export function createLogin(parts: LoginParts): LogIn {
  const { auth } = parts.store;
  // Most agents log in by their service account: they do not pay for the other methods.
  switch (auth.method) {
    case 'kubernetes':
    case 'jwt':
      return accountLogin(parts, auth);
    case 'approle':
      return lately(async () => (await import('./login/approle.ts')).appRoleLogin(parts, auth));
    case 'cert':
      return lately(async () => (await import('./login/certificate.ts')).certificateLogin(parts, auth));
    case 'token_file':
      return lately(async () => (await import('./login/token-file.ts')).tokenFileLogin(parts, auth));
  }
}

/** Made at the first login. */
function lately(make: () => Promise<LogIn>): LogIn {
  let made: Promise<LogIn> | undefined;
  return async (signal) => {
    made ??= make();
    const logIn = await made;
    return await logIn(signal);
  };
}
