// Nothing but Node.
process.stdout.write(String(process.memoryUsage.rss()));
