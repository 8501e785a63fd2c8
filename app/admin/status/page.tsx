import { AdminPage } from '@/components/admin/admin-page';
import { CheckList } from '@/components/admin/check-list';
import { checkAreas, checkSummary } from '@/components/admin/admin-words';
import { requireAdmin } from '@/lib/http/guards';
import { server } from '@/lib/server';

export default async function StatusPage() {
  await requireAdmin();
  const app = await server();
  const lines = await app.runChecks();
  return (
    <AdminPage brand={app.env.APP_NAME} at="/admin/status" title="Status" intro={checkSummary(lines)}>
      <CheckList areas={checkAreas(lines)} />
    </AdminPage>
  );
}
