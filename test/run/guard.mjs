/**
 * Loaded before every command (`node --import ./test/run/guard.mjs …`), in JavaScript that old Nodes understand: npm puts
 * the pinned Node 26 in front of the machine's own, but only on platforms for which there is one.
 */
if (!process.features.typescript) {
  const wanted =
    'Sidekey needs Node 26. npm installs it by itself on Linux (x64, arm64) and macOS (arm64), unless optional ' +
    'dependencies are left out (npm ci --omit=optional); elsewhere install Node 26 and run the command again.';
  process.stderr.write(
    `Cannot run TypeScript: this is Node ${process.versions.node} on ${process.platform}-${process.arch}.\n${wanted}\n`,
  );
  process.exit(2);
}
