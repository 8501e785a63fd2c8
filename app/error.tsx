'use client';

import { ErrorMessage } from '@/components/brand/error-message';

export default function ErrorPage({ error }: { error: Error & { digest?: string } }) {
  return <ErrorMessage reference={error.digest} />;
}
