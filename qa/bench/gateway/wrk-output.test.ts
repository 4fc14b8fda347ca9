import { expect, test } from '@jest/globals';
import { readWrk } from './wrk-output.ts';

const OUTPUT = `Running 5s test @ http://127.0.0.1:1/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.12ms    1.02ms  21.03ms   90.11%
    Req/Sec    20.44k   812.00    21.90k    78.00%
  Latency Distribution
     50%  812.00us
     75%    3.32ms
     90%    3.94ms
     99%    1.20s
  101690 requests in 5.00s, 40.15MB read
Requests/sec:  20334.77
Transfer/sec:      8.03MB
`;

test('what wrk prints is read, whatever its units', () => {
	expect(readWrk(OUTPUT)).toEqual({
		requests: 101_690,
		requestsPerSecond: 20334.77,
		medianMs: 0.812,
		p99Ms: 1200,
		failures: 0,
	});
});

test('every kind of failure counts', () => {
	const errors = '  Socket errors: connect 1, read 2, write 0, timeout 3\n  Non-2xx or 3xx responses: 10\n';
	expect(readWrk(OUTPUT + errors).failures).toBe(16);
});
