/** How receivers verify deliveries, by language. docs/webhooks.md has the same, where tests run it. */
export const VERIFY_WEBHOOK = {
	Node: `import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET);

createServer(async (request, response) => {
  const rawBody = await buffer(request);
  try {
    const event = webhook.verify(rawBody, request.headers); // throws if it isn't valid
    console.log(request.headers['webhook-id'], event.type);
    response.writeHead(204).end();
  } catch (error) {
    console.log(error.message);
    response.writeHead(400).end();
  }
}).listen(3000);
`,
	Python: `import base64, hashlib, hmac, time

TOLERANCE_SECONDS = 300


def verify_webhook(headers, raw_body, secret):
    """Returns whether creatorr sent this. \`headers\` has lower-case names, \`raw_body\` is bytes."""
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + raw_body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, one) for one in headers["webhook-signature"].split(" "))
`,
	Shell: `# the secret, the headers and the body of a delivery
SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
MESSAGE_ID=evt_01KBCDEFGHJKMNPQRSTVWXYZ01
TIMESTAMP=1764547200
printf %s '{"type":"webhook.test"}' > body.json

KEY=$(printf %s "\${SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')
printf 'v1,%s\\n' "$({ printf '%s.%s.' "$MESSAGE_ID" "$TIMESTAMP"; cat body.json; } |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | base64)"
# v1,sgpQce86J01XxIEBR3pp0EYa0aSMHPMHRPSKuaVDNnw= must be one of the signatures in webhook-signature
`,
} as const;
