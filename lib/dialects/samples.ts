/** Made-up values of the golden samples. They stand for what differs from answer to answer; the tests take them for that. */
export const SAMPLE_ID = '019a2b4c-5d6e-7f80-9123-456789abcdef';
export const SAMPLE_INSTANT = '2025-12-09T14:30:00.000Z';
export const SAMPLE_ACCESS = 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzaWQiOiIwMTlhMmI0YyJ9.c2lnbmF0dXJl';
export const SAMPLE_REFRESH = 'Zm9yLXRoZS1kb2NzLW9ubHktbm90LWEtcmVhbC10b2tlbg';
