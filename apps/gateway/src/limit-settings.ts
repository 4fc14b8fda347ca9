/**
 * Limits of the gateway: what a client may send, how long each step may take, how much is cached. Units are in the names: `Ms` is
 * milliseconds, `Bytes` bytes, `PerSecond` an average rate, `Burst` the tokens of a full bucket. The others are counts. A "network" is an
 * IPv4 address or an IPv6 /64; the networks of one IPv6 /56 together have four times each limit, and those of a /48 sixteen times. Settings
 * override some of them (config.ts).
 */
export const LIMITS = {
	/** Request bodies of one network in flight, in bytes: a service keeps each whole body in memory. */
	maxBodyBytesPerNetwork: 64 * 1024 * 1024,
	/** Less than the services accept (16 KiB): they get the same headers and an identity. */
	maxHeaderBytes: 12 * 1024,
	/**
	 * Beyond this number, the gateway refuses the request. Node would silently drop headers beyond its own limit, even one that frames the
	 * body.
	 */
	maxHeaderCount: 100,
	/** Time for the head of a request, and for a new connection to start one. */
	headersTimeoutMs: 10_000,
	/** Time for a whole request, head and body. */
	requestTimeoutMs: 60_000,
	/** Time without any traffic while a request is open; longer than the longest wait for a job. */
	idleTimeoutMs: 120_000,
	/** Time between two requests while connections are free. */
	keepAliveMs: 65_000,
	/** When all connections are in use, a request that is still arriving or is not authenticated may be dropped after this time. */
	slowRequestMs: 5_000,
	/**
	 * Near this number, new connections evict idle ones. Beyond it, they are closed unread, because a process without free file descriptors
	 * can't serve any client.
	 */
	connections: 10_000,
	/** Connections of one network, so that one client can't take all. */
	maxConnectionsPerNetwork: 1_000,
	/**
	 * Rate of new connections of one network, except trusted proxies. Connections beyond it are closed unread, before their TLS handshake. A
	 * handshake takes 0.5 ms of CPU time with an EC key and 0.75 ms with an RSA key, and costs a client that repeats one ClientHello nothing.
	 */
	newConnectionsPerSecond: 200,
	newConnectionBurst: 1_000,
	/** Concurrent unauthenticated requests of one network. Further ones wait up to `anonymousQueueMs`. */
	anonymousConcurrentRequests: 16,
	/** Shortest time that a request holds its permit, which allows at most 160 requests a second. */
	anonymousMinPermitMs: 100,
	/** Longest wait for a permit. Afterwards the request gets 429. */
	anonymousQueueMs: 2_000,
	/** Requests of one network that may wait for a permit. Further ones get 429 at once. */
	anonymousQueuedRequests: 64,
	/**
	 * Unauthenticated requests of all networks at one service at a time, so that they leave most of its event loop and database connections to
	 * users. Networks take turns.
	 */
	servicePermits: 4,
	/** Longest wait for such a permit, about the turns of 400 other networks. Afterwards the request gets 429. */
	servicePermitQueueMs: 5_000,
	/**
	 * Longest time that a request keeps its permit. Most take a few ms. A sign-in that waits for its turn in auth costs nothing meanwhile, and
	 * must not keep others out.
	 */
	servicePermitMs: 50,
	/** Time for a small body of an unauthenticated request to arrive. The request takes its permit only afterwards. */
	anonymousBodyMs: 5_000,
	/** Delay of a 429, so that a client that retries too early costs little. */
	refusalDelayMs: 300,
	/**
	 * Rate of the gateway's own responses to one network: errors, files of the web app, preflights. Responses beyond it are delayed. A page
	 * load of the web app is 60 files; each response takes about 0.1 ms of CPU time.
	 */
	ownResponsesPerSecond: 300,
	ownResponseBurst: 1_500,
	/** Rate of 401 responses to one network. Responses beyond it are delayed. */
	refusedTokensPerSecond: 50,
	refusedTokenBurst: 200,
	/** Rate of forged tokens and invalid API keys of one network. Beyond it, its tokens and keys that aren't cached are delayed. */
	forgedTokensPerSecond: 100,
	forgedTokenBurst: 200,
	/** Concurrent lookups of API keys that aren't cached. Auth's control port handles about 1,000 a second, and also renews leases. */
	concurrentKeyLookups: 4,
	/**
	 * Rate of one user at each gateway. A plain request costs 1; `cost` in contracts names those that cost more. The web app and the command
	 * line never reach it, and one account takes less than half of a machine with two cores.
	 */
	userRequestsPerSecond: 100,
	userRequestBurst: 1_000,
	/** Concurrent requests of one user, weighted by cost. Further ones wait up to `userQueueMs`. */
	userConcurrentRequests: 16,
	/** Concurrent long polls (`?wait=`) and event streams of one user. */
	userConcurrentLongPolls: 64,
	/** Long polls and event streams of all users that connect to services at a time. Further ones wait up to `connectQueueMs`. */
	concurrentConnects: 8,
	/** Longest wait of a long poll or event stream until it may connect. Afterwards it gets 429. */
	connectQueueMs: 10_000,
	/**
	 * Longest time that a long poll or event stream counts as connecting. A service normally responds within a few ms, to a long poll with 102
	 * Processing.
	 */
	connectPermitMs: 1_000,
	/** Longest wait of a user's request for its permits. Afterwards it gets 429. */
	userQueueMs: 2_000,
	/** Longest wait of a request that creates a job for the previous one of its user. Afterwards it gets 429. */
	userJobQueueMs: 10_000,
	/** Requests of one user that may wait for permits. Further ones get 429 at once. */
	userQueuedRequests: 64,
	/** How long a request keeps its permits after its client disconnected: about as long as a busy service takes to finish it. */
	abandonedPermitMs: 1_000,
	/** After this time without a byte from a service, the gateway returns 504. Event streams send a comment every 15 s. */
	upstreamSilenceMs: 29_000,
	/** Longest time that a client may take to read a response. Then it is cut off. Event streams have no limit. */
	slowReaderMs: 60_000,
	/** Timeout of calls to auth about signing keys, a session or an API key. On a busy machine a late response is better than an error. */
	authCallMs: 8_000,
	/** Timeout of calls to auth for units of rate limits. After a failure, this gateway admits its local share. */
	quotaCallMs: 2_000,
	/** Wait after a failed call for units before the next one. */
	quotaRetryMs: 1_000,
	/** How long a prefetch of units waits for others that share its call. */
	quotaBatchDelayMs: 250,
	/** Timeout of lease calls to auth. Several are made within a lease, each without waiting for the previous one. */
	leaseCallMs: 6_000,
	/** Longest time between two renewals of a valid lease. */
	leaseRenewalMs: 2_000,
	/** Time between two requests for a lease while this gateway has none. */
	leaseRetryMs: 250,
	/** The local lease ends this much before the granted one, in case the database's clock is set forward. */
	leaseMarginMs: 1_000,
	/** Time to release the lease at shutdown. */
	leaseReleaseMs: 500,
	/** A live session or API key is checked again after this time. Until then the lease keeps the cached result valid. */
	credentialRecheckMs: 60_000,
	/** Time between two regular loads of the signing keys. */
	jwksRefreshMs: 60_000,
	/** Minimum time between two loads of the signing keys, however many unknown ones tokens name. */
	jwksRefreshMinMs: 1_000,
	/** Time between two checks for a renewed certificate. */
	certificateRefreshMs: 10_000,
	/** Verified tokens in the cache. */
	cachedTokens: 20_000,
	/** Session states in the cache. */
	cachedSessions: 50_000,
	/** API keys in the cache, and keys whose use is not reported yet. */
	cachedApiKeys: 50_000,
	/** Token buckets of users and of sessions; quota buckets of API keys and users. */
	trackedUsers: 50_000,
	/** Token buckets of networks, for each pacer. */
	trackedNetworks: 50_000,
	/** How long `GET /v1/health` reuses its last result. */
	healthCacheMs: 1_000,
	/** Timeout of a readiness request to one service. */
	healthCallMs: 3_000,
	/** Time for long polls to end while draining. Afterwards, the gateway ends them. */
	drainLongPollsMs: 6_500,
	/** Time for other requests to end while draining. Afterwards, they are cut off. */
	drainMs: 8_000,
};

export type Limits = typeof LIMITS;
