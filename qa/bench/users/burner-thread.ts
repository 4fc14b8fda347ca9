// Keeps a core busy until the thread is terminated.
while (true) Math.sqrt(Math.random());
