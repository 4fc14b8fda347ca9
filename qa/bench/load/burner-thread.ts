// Keeps one core busy, at the usual priority, until its thread is terminated.
for (;;) Math.sqrt(Math.random());
