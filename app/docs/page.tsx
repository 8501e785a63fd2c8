import type { Metadata } from 'next';
import { Logo } from '@/components/brand/logo';
import { ApiCallView } from '@/components/docs/api-call';
import { ReferenceTools } from '@/components/docs/reference-tools';
import { textLink } from '@/components/ui/text-link';
import { description } from '@/lib/http/openapi';
import { server } from '@/lib/server';

export const metadata: Metadata = { title: 'API reference' };

/** For everybody: it tells what the API's own description tells. */
export default async function DocsPage() {
  const app = await server();
  const { reference } = description(app);
  return (
    <>
      <header className="border-b border-line">
        <div className="mx-auto flex h-18 max-w-260 items-center justify-between gap-4 px-5 sm:px-8">
          <a href="/auth" className="flex min-h-11 items-center rounded">
            <Logo name={app.env.APP_NAME} />
          </a>
          <a href="/api/openapi.json" className={`text-sm ${textLink}`}>
            OpenAPI 3.1
          </a>
        </div>
      </header>
      <div className="mx-auto grid max-w-260 gap-x-12 px-5 pt-10 pb-24 sm:px-8 sm:pt-14 lg:grid-cols-[11rem_minmax(0,1fr)]">
        <nav aria-label="Areas" className="mb-8 lg:sticky lg:top-14 lg:mb-0 lg:self-start">
          <ul className="flex flex-wrap gap-x-5 gap-y-2 text-sm lg:grid lg:gap-y-3">
            {reference.map(({ id, name }) => (
              <li key={id}>
                <a href={`#${id}`} className="rounded text-ink-soft hover:text-ink">
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <main className="min-w-0">
          <h1 className="text-title">API reference</h1>
          <p className="mt-2 mb-10 max-w-150 text-ink-soft">
            Sign-in with a phone number and a code. Decide by the <span className="font-mono text-sm">code</span> of a
            refusal, show its <span className="font-mono text-sm">message</span>. Every address answers with and without
            a slash at its end.
          </p>
          <ReferenceTools>
            {reference.map(({ id, name, description, calls }) => (
              <section key={id} id={id} data-area className="mb-12 scroll-mt-8">
                <h2 className="text-lg font-semibold">{name}</h2>
                <p className="mt-1 mb-3 text-sm text-ink-soft">{description}</p>
                {calls.map((call) => (
                  <ApiCallView key={call.id} call={call} />
                ))}
              </section>
            ))}
          </ReferenceTools>
        </main>
      </div>
    </>
  );
}
