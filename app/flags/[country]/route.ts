import * as flags from 'country-flag-icons/string/3x2';

// One small SVG file for each country, made at build time.

export const dynamic = 'force-static';
export const dynamicParams = false;

const byCountry = new Map<string, string>(Object.entries(flags));

export function generateStaticParams() {
  return [...byCountry.keys()].map((country) => ({ country }));
}

export async function GET(_request: Request, { params }: { params: Promise<{ country: string }> }) {
  const svg = byCountry.get((await params).country);
  if (svg === undefined) return new Response(null, { status: 404 });
  return new Response(svg, {
    headers: {
      'content-type': 'image/svg+xml',
      'cache-control': 'public, max-age=604800, stale-while-revalidate=86400',
    },
  });
}
