import { buttonClass } from '@/components/ui/button-class';
import { Download } from '@/components/ui/more-icons';

/** A plain link: the browser saves what comes, and the page stays. */
export function DownloadData() {
  return (
    <a href="/api/me/export" download className={buttonClass('secondary', 'md')}>
      <Download />
      Download my data
    </a>
  );
}
