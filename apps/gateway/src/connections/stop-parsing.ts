import type { PublicSocket } from '../requests/exchange.ts';

/** Where Node's parser keeps its callback for the bytes of bodies (`HTTPParser.kOnBody`); a test notices when that changes. */
const ON_BODY = 3;

interface Parser {
	onIncoming?: () => number;
	[ON_BODY]?: unknown;
}

/**
 * Destroys the connection, and makes its parser drop the rest of the current packet: it continues after the socket was
 * destroyed, and would make objects of each request and each chunk, tens of ms for a packet of 64 KiB. Node has no public way
 * to stop it.
 */
export function stopParsing(socket: PublicSocket): void {
	socket.isOver = true;
	const { parser } = socket as { parser?: Parser };
	if (parser) {
		const onBody = parser[ON_BODY];
		parser.onIncoming = () => 0;
		parser[ON_BODY] = undefined;
		// Node uses the parser again for another connection, and sets the other callback itself then.
		socket.prependOnceListener('close', () => {
			parser[ON_BODY] = onBody;
		});
	}
	socket.destroy();
}
