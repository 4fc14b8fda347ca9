// Keeps a core busy until the thread is terminated.
for (;;) Math.sqrt(Math.random());
