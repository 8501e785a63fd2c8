/**
 * Hub’s React front end, as it talks to its API: tokens in localStorage, and an interceptor that renews the access token on a 401
 * and sends the request again. It knows nothing of Latchkey.
 */
type Storage = Pick<Map<string, string>, 'get' | 'set' | 'clear'>;
type HubUser = { id: string; phone: string; first_name: string; last_name: string; profile_picture: string | null };

export class HubError extends Error {
  constructor(
    readonly status: number,
    readonly data: { success?: boolean; message?: string },
  ) {
    super(data.message ?? 'Something went wrong');
  }
}

export function hubFrontEnd(apiUrl: string, localStorage: Storage, fetch: typeof globalThis.fetch) {
  const send = (method: string, path: string, body?: object) => {
    const access = localStorage.get('access_token');
    return fetch(`${apiUrl}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...(access ? { Authorization: `Bearer ${access}` } : {}) },
      // A preflight must not meet a redirect, and neither may the request.
      redirect: 'error',
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  };

  async function renew(): Promise<boolean> {
    const response = await fetch(`${apiUrl}/api/users/token/refresh/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ refresh: localStorage.get('refresh_token') }),
    });
    if (!response.ok) {
      localStorage.clear();
      return false;
    }
    const { access, refresh } = await response.json();
    localStorage.set('access_token', access);
    localStorage.set('refresh_token', refresh);
    return true;
  }

  async function request<Data>(method: string, path: string, body?: object): Promise<Data> {
    let response = await send(method, path, body);
    if (response.status === 401 && localStorage.get('refresh_token') && (await renew())) {
      response = await send(method, path, body);
    }
    const data = await response.json();
    if (!response.ok) throw new HubError(response.status, data);
    return data as Data;
  }

  return {
    sendOtp: (phone: string) =>
      request<{ success: boolean; expires_in_seconds: number }>('POST', '/api/users/send-otp/', { phone }),

    async verifyOtp(phone: string, otp: string, names: { first_name?: string; last_name?: string; email?: string }) {
      const data = await request<{ created: boolean; user: HubUser; tokens: { access: string; refresh: string } }>(
        'POST',
        '/api/users/verify-otp/',
        { phone, otp, ...names },
      );
      localStorage.set('access_token', data.tokens.access);
      localStorage.set('refresh_token', data.tokens.refresh);
      return data;
    },

    profile: () => request<HubUser>('GET', '/api/users/profile/'),

    async logout() {
      const data = await request<{ success: boolean }>('POST', '/api/users/logout/', {
        refresh: localStorage.get('refresh_token'),
      });
      localStorage.clear();
      return data;
    },
  };
}
