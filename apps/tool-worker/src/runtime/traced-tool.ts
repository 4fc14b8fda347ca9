import { inSpan, type Span } from '@creatorr/telemetry/span';
import type { CommandResult, Tool, ToolContext } from '@creatorr/tool-kit/tool/tool';

function noteResult(span: Span | undefined, { exitCode, signal, timedOut }: CommandResult): void {
	span?.setAttributes({
		'process.exit.code': exitCode ?? -1,
		...(signal ? { 'process.exit.signal': signal } : {}),
		...(timedOut ? { 'process.timed_out': true } : {}),
	});
}

function tracedContext(context: ToolContext, command: string | undefined): ToolContext {
	return {
		...context,
		exec: (command, args, options) =>
			inSpan(`exec ${command}`, {}, async (span) => {
				const result = await context.exec(command, args, options);
				noteResult(span, result);
				return result;
			}),
		request: (request, options) => inSpan(`request ${command}`, {}, () => context.request(request, options)),
	};
}

/** The same tool, each of whose commands in the sandbox is a span: by the command's name, as arguments may name anything. */
export function tracedTool(tool: Tool): Tool {
	return {
		...tool,
		run: (input, context) => tool.run(input, tracedContext(context, tool.prewarmed?.command)),
	};
}
