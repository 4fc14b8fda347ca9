// Whether the process in this container answers on its private port.
const answer = await fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).catch(() => undefined);
process.exit(answer?.ok ? 0 : 1);
