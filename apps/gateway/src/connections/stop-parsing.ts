import type { PublicSocket } from '../exchange.ts';

/** Index of the parser's callback for body bytes (`HTTPParser.kOnBody`). A test notices when Node changes it. */
const ON_BODY = 3;

interface Parser {
	onIncoming?: () => number;
	[ON_BODY]?: unknown;
}

/**
 * Destroys the connection and makes its parser drop the rest of the current packet. Otherwise the parser continues after the socket was
 * destroyed and creates objects for each request and chunk, which takes tens of ms for a packet of 64 KiB. Node has no public API for
 * this.
 */
export function stopParsing(socket: PublicSocket): void {
	socket.isClosing = true;
	const { parser } = socket as { parser?: Parser };
	if (parser) {
		const onBody = parser[ON_BODY];
		parser.onIncoming = () => 0;
		parser[ON_BODY] = undefined;
		// Node reuses the parser for another connection, and then sets the other callback itself.
		socket.prependOnceListener('close', () => {
			parser[ON_BODY] = onBody;
		});
	}
	socket.destroy();
}
