import type { z } from 'zod';

/** The text of `.env.local.example`: every setting with its sentence and its default. */
export function exampleFile(settings: Record<string, z.ZodType>): string {
  const head = '# Copy to .env.local. Everything is optional in development; production says at start what it needs.\n';
  const blocks = Object.entries(settings).map(([name, schema]) => {
    const standard = defaultOf(schema);
    return `# ${schema.description ?? ''}\n# ${name}=${standard ?? ''}\n`;
  });
  return [head, ...blocks].join('\n');
}

function defaultOf(schema: z.ZodType): unknown {
  const parsed = schema.safeParse(undefined);
  return parsed.success ? parsed.data : undefined;
}
