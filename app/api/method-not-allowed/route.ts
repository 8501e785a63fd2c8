import { methods } from '@/lib/http/endpoint';

// Where the front door leads requests with methods that Next can't handle (TRACE, PROPFIND, …): 405 for all of them.
export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({});
