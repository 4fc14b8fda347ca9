import { inSpan, type Span } from '@creatorr/telemetry/span';
import type { CommandResult, Tool, ToolContext } from '@creatorr/tool-kit/tool/tool';

/** Wraps a tool so that each of its sandboxed commands is a span, named by the command alone, as arguments may name files. */
export function tracedTool(tool: Tool): Tool {
	return {
		...tool,
		run: (input, context) => tool.run(input, tracedContext(context, tool.prewarmed?.command)),
	};
}

function tracedContext(context: ToolContext, prewarmedCommand: string | undefined): ToolContext {
	return {
		...context,
		exec: (command, args, options) =>
			inSpan(`exec ${command}`, {}, async (span) => {
				const result = await context.exec(command, args, options);
				recordResult(span, result);
				return result;
			}),
		request: (request, options) =>
			inSpan(`request ${prewarmedCommand}`, {}, () => context.request(request, options)),
	};
}

function recordResult(span: Span | undefined, { exitCode, signal, timedOut }: CommandResult): void {
	span?.setAttributes({
		'process.exit.code': exitCode ?? -1,
		...(signal ? { 'process.exit.signal': signal } : {}),
		...(timedOut ? { 'process.timed_out': true } : {}),
	});
}
