'use client';

import { ErrorMessage } from '@/components/brand/error-message';

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <ErrorMessage reference={error.digest} retry={reset} />;
}
