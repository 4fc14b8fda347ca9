/** Every limit of the gateway: what a client may send, how long each step may take, how much is remembered. */
export const LIMITS = {
	/** Of all bodies together that one address, or one IPv6 network, has under way: a service keeps each whole in memory. */
	bodyBytesPerNetwork: 64 * 1024 * 1024,
	/** Below what the services accept (16 KiB): they get the same headers and an identity on top. */
	headerBytes: 12 * 1024,
	/** Node drops headers beyond its own limit silently, one that frames the body included; ours refuses. */
	headerCount: 100,
	/** For the head of a request, and for a new connection to begin with one. */
	headersTimeoutMs: 10_000,
	/** For a whole request, head and body. */
	requestTimeoutMs: 60_000,
	/** A connection without any traffic while a request is open; longer than the longest wait of a job. */
	idleTimeoutMs: 120_000,
	/** A connection between two requests, while there is room. */
	keepAliveMs: 65_000,
	/** When all connections are in use, a request that is still arriving or has no session may be dropped after this time. */
	slowRequestMs: 5_000,
	/** Near it new connections replace idle ones; beyond it they are closed unread: a process without free files answers no client. */
	connections: 10_000,
	/** From one address, or one IPv6 network, so that one client can't take all connections. */
	connectionsPerNetwork: 1_000,
	/** Without a session, of one address or one IPv6 network at a time; further ones wait for `anonymousQueueMs`. */
	anonymousConcurrentRequests: 16,
	/** How long each holds its permit at least, however fast it is answered: 160 requests a second. */
	anonymousMinPermitMs: 100,
	anonymousQueueMs: 2_000,
	anonymousQueuedRequests: 64,
	/** For a body of a few KiB without a session to arrive; until then its request holds no permit. */
	anonymousBodyMs: 5_000,
	/** Before a refusal because of a limit is answered: a client that does not wait as told costs little by asking again. */
	refusalDelayMs: 300,
	/**
	 * Of what the gateway answers itself to one network: errors, files of the web app, preflights. Further answers wait for their turn.
	 * A page load of the web app is 60 files; each answer takes about 0.1 ms of CPU time.
	 */
	ownAnswersPerSecond: 300,
	ownAnswerBurst: 1_500,
	/** Of 401 to one network; further ones wait for their turn. */
	refusedTokensPerSecond: 50,
	refusedTokenBurst: 200,
	/** Of tokens that one network sends and that turn out to be forged; while it sends more, its unknown tokens wait for their turn. */
	forgedTokensPerSecond: 100,
	forgedTokenBurst: 200,
	/**
	 * Of one user, at each gateway. A plain request costs 1; `cost` in contracts names those that cost more. Chosen so that the web
	 * app and the command line never reach them, and one account takes less than half of a machine with two cores.
	 */
	userRequestsPerSecond: 100,
	userRequestBurst: 1_000,
	/** Of one user at a time, weighed by cost; further ones wait for `userQueueMs`. */
	userConcurrentRequests: 32,
	/** `?wait=` and event streams of one user at a time. */
	userConcurrentWaits: 64,
	userQueueMs: 500,
	userQueuedRequests: 64,
	/** How long a request whose client left before its answer keeps its permits: about as long as a busy service takes to finish it. */
	abandonedPermitMs: 1_000,
	/** After this time without a byte from a service, the gateway answers 504. Event streams send something every 15 s. */
	upstreamSilenceMs: 29_000,
	/** A client has this long to take a long answer. Event streams may last. */
	answerMs: 60_000,
	/** For a call to auth about keys or a session; on a busy machine a late answer is better than a refusal. */
	authCallMs: 8_000,
	/** For a call to auth about the lease. Several are made within a lease, each without waiting for the one before. */
	leaseCallMs: 6_000,
	leaseRenewalMs: 2_000,
	leaseRetryMs: 250,
	/** The local lease ends this much before the granted one: what the database's clock may be set forward by. */
	leaseMarginMs: 1_000,
	/** For giving up the lease at shutdown. */
	leaseReleaseMs: 500,
	/** A live session is asked about again after this; the lease alone keeps the answer right until then. */
	sessionRecheckMs: 60_000,
	keyRefreshMs: 60_000,
	/** At most one load of the keys in this time, however many unknown keys tokens name. */
	keyRefreshMinMs: 1_000,
	/** How soon a renewed certificate is in use. */
	certificateRefreshMs: 10_000,
	rememberedTokens: 20_000,
	rememberedSessions: 50_000,
	rememberedUsers: 50_000,
	rememberedNetworks: 50_000,
	healthCacheMs: 1_000,
	healthCallMs: 3_000,
	/** While draining, waits may end within this time, and all other requests a little later. */
	drainWaitsMs: 6_500,
	drainMs: 8_000,
};

export type Limits = typeof LIMITS;
